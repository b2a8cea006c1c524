"""`python -m compliance`, where the script is not on the path."""

import sys

from compliance.cli import main

sys.exit(main())
