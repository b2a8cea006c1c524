"""What every layer may use: settings, security, exceptions."""
