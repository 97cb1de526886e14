"""Every sentence a person reads, in Chinese and English: one module per subject, rendered late."""
