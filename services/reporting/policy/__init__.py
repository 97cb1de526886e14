"""What reporting decides: how a case that has ended is filed."""
