"""What modcore costs, in instructions."""
