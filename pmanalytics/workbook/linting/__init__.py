"""What Excel would repair in a workbook, looked for part by part."""
