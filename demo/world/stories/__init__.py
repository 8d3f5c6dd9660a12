"""What happens in the world, subject by subject. Each story enters its acts in the script."""
