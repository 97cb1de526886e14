"""The message catalogue, Chinese and English."""
