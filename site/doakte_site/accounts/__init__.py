"""How people come in: local accounts, the house's OpenID provider, its directory; second factor and sessions."""
