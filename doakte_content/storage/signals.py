"""What other rooms may want to hear from the storage."""

from django.dispatch import Signal

#: The text of a blob is settled: found, or known to be missing for good. Sent with `sender=Blob`, `blob` and
#: `use` (of which version, None: of all that share it), inside the
#: transaction that saves the text, so that what a receiver writes holds exactly if the text does.
text_ready = Signal()
