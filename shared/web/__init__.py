"""What every HTTP side shares: problems, authentication, layout."""
