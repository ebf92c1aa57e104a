"""``python -m shutterkey`` is the command ``shutterkey``."""

from __future__ import annotations

import sys

from ._command import main

sys.exit(main())
