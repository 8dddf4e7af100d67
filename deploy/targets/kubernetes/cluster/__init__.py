"""One cluster as the API server shows it. Nothing else imports the `kubernetes` client."""
