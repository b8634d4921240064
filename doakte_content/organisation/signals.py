"""What other rooms may want to hear from the organisation."""

from django.dispatch import Signal

#: Something about the organisation was changed. Sent inside the transaction, with `sender` the model (None for an
#: import), `actor`, `instance` (None for an import), `action`, `changes` {name: [old, new]} and `data`.
organisation_changed = Signal()
