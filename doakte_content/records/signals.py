"""What other rooms may listen to."""

from django.dispatch import Signal

#: Sent inside the transaction, with `page_ids`, when statements have changed what stands in many records at once
#: (reference, unit): Django's own signals tell of singly saved records only.
records_changed = Signal()
