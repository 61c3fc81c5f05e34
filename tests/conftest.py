"""What holds for all tests."""

from __future__ import annotations

import signal

# Tests send Ctrl-C; where the suite was started in the background, a shell has it ignored, by its children too.
signal.signal(signal.SIGINT, signal.default_int_handler)
