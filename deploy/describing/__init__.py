"""The description of the machine API (OpenAPI 3.1), made from the route table and the types of what goes in and out."""
