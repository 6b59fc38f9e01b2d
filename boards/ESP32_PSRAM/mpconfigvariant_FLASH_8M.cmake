board_flash(8 partitions-8MiB.csv)
