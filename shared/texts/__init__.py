"""Every sentence a person reads, in Chinese and English: a module per subject, rendered late from code and parameters."""
