"""The bytes of a WARC's member, from record to record."""

from __future__ import annotations

import re

from archiver.sources.archives._members import HEAD, Cut, Members, Plain

__all__ = ["BLANK", "LONGEST_HEAD", "Window"]

BLANK = b"\r\n\r\n"  # ends a head, and a record
LONGEST_HEAD = 1 << 16
_FAR = 1 << 20  # bytes that are better sought over than read
_TAIL = 32  # bytes that tell whether a record follows
_MUCH = 1 << 16
_START = re.compile(rb"WARC/[01]\.\d")
_BLANKS = re.compile(rb"[\r\n]*+")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Window:
    """What was unpacked of a member and is still to be read: `data` from `at` on.

    A place counts in what the member unpacks to; in an uncompressed file it is the place in the file.
    """

    def __init__(self, members: Members) -> None:
        self.members = members
        self._plain = members if isinstance(members, Plain) else None
        self.clear()

    def clear(self, piece: bytes = b"") -> None:
        self.data, self.at = piece, 0
        self.base = 0 if self.members.is_packed else self.members.start
        self.is_over = self.is_cut = False

    def place(self) -> int:
        return self.base + self.at

    def in_file(self, place: int) -> int:
        """A place as one of the file: in a packed member, where that begins."""
        return self.members.start if self.members.is_packed else place

    def is_empty(self) -> bool:
        return self._fill(1) == 0

    def is_at_record(self) -> bool:
        """Whether a record begins here, after blank lines, which are skipped."""
        while True:
            self._fill(16)
            blanks = _BLANKS.match(self.data, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at < len(self.data) or self.is_over:
                break
        if len(self.data) - self.at < 16:
            self._fill(16)
        return _START.match(self.data, self.at) is not None

    def head(self) -> bytes | None:
        """The head of the record that begins here, which is left behind; None where it has no end."""
        match = _HEAD_END.search(self.data, self.at, self.at + LONGEST_HEAD)
        if match is None:
            self._fill(LONGEST_HEAD)
            match = _HEAD_END.search(self.data, self.at, self.at + LONGEST_HEAD)
        if match is None:
            self.is_cut = self.is_cut or (self.is_over and self._plain is not None)
            self.at += 1  # so that the search for the next one goes on
            return None
        head = self.data[self.at : match.start() + 2]
        self.at = match.end()
        return head

    def have(self, count: int) -> int:
        """Has so many bytes to be read, or all that there are; how many of them there are."""
        return min(self._fill(count), count)

    def skip(self, count: int) -> int:
        """Leaves out so many bytes; how many there were."""
        begin, left = self.place(), count
        while left:
            here = min(len(self.data) - self.at, left)
            self.at += here
            left -= here
            if left > _FAR and self._plain is not None:
                self._go(self.place() + left)
                break
            if left and not self._fill(1):
                break
        return self.place() - begin

    def place_after_blank(self) -> int:
        """The place after the empty lines that end a record."""
        self._fill(len(BLANK))
        return self.place() + (len(BLANK) if self.data.startswith(BLANK, self.at) else 0)

    def scan(self) -> bool:
        """Goes to the next place at which a record may begin, or to the end; whether there is one."""
        while True:
            if match := HEAD.search(self.data, self.at):
                self.at = match.start()
                return True
            self.at = max(self.at, len(self.data) - 32)
            had = len(self.data) - self.at
            if self._fill(_MUCH) == had:
                self.at = len(self.data)
                return False

    def room(self, size: int) -> int:
        """The size of the block that begins here: as told, or less where the next record of a plain file begins before.

        A size is wrong where neither a record nor the file's end follows; a block that holds a WARC's records is not.
        """
        begin, end = self.place(), self.place() + size
        if self._plain is None or self._follows(end):
            return size
        self._go(begin)
        found = self.place() if self.scan() else end
        self._go(begin)
        return max(0, found - begin - len(BLANK)) if found < end else size

    def _follows(self, place: int) -> bool:
        """Whether a record, or the end of the file, follows at a place of it."""
        if place + _TAIL > self.base + len(self.data):
            here = self.place()
            self._go(place)
            self._fill(_TAIL)
            tail, is_end = self.data[:_TAIL].lstrip(b"\r\n"), self.is_over and self.base == place
            self._go(here)
        else:
            tail, is_end = self.data[place - self.base : place - self.base + _TAIL].lstrip(b"\r\n"), False
        return tail.startswith(b"WARC/") or (is_end and not tail)

    def _go(self, place: int) -> None:
        if self._plain is not None:
            self.base, self.data, self.at, self.is_over = self._plain.go(place), b"", 0, False

    def _fill(self, count: int) -> int:
        """Has so many bytes to be read, or all that there are; how many there are."""
        have = len(self.data) - self.at
        if have >= count or self.is_over:
            return have
        parts = [self.data[self.at :]]
        self.base += self.at
        while have < count and not self.is_over:
            try:
                piece = self.members.piece()
            except Cut:
                piece, self.is_cut = b"", True
            parts.append(piece)
            have += len(piece)
            self.is_over = not piece
        self.data, self.at = parts[1] if not parts[0] and len(parts) == 2 else b"".join(parts), 0
        return have
