"""The house's LDAP directory: passwords are asked there, groups become roles, and entries name the offices.

Needs the extra "ldap", and is only imported where DOAKTE_LDAP_URL is set.
"""
