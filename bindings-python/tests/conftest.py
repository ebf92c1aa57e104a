"""What the tests share is in packages beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
