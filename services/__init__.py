"""The five services of Huiyin and its command line."""
