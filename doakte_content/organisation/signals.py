"""What other rooms may want to hear from the organisation."""

from django.dispatch import Signal

#: Something about the organisation was changed. Sent inside the transaction, with `sender` the model (None for an
#: import), `actor`, `instance` (None for an import), `action`, `changes` {name: [old, new]} and `data`.
organisation_changed = Signal()

#: An office is to be closed, `instance`. Each receiver returns what still hangs on it, in a sentence, or None.
office_closing = Signal()

#: How far does a role reach, `instance`? Each receiver returns a sentence for whoever is about to change it.
role_reach = Signal()
