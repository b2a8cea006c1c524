"""Access control (ACC): judged by what the owner reads back, never by the intruder's status."""
