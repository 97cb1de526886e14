"""The whole product from outside: `huiyin up`, its commands, its HTTP interfaces, its topics, its database."""
