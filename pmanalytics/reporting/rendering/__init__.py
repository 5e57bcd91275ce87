"""What is made of an executed notebook: the parts of the page, the PDF, summary and index."""
