"""Who works where: files of persons, departments, rosters and their imports (D-01)."""
