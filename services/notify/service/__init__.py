"""Use cases of notify: intend what events call for, send what is due, answer for the ledger."""
