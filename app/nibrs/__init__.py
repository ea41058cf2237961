"""NIBRS: codes, records, the FBI's edit rules, flat file and XML, and what was sent and answered."""
