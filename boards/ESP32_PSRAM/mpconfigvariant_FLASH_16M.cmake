board_flash(16 partitions-16MiB.csv)
