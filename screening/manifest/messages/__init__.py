"""Trade messages as sheets: a goods item is a row, and rules/reading/messages.yaml says what fills which column."""
