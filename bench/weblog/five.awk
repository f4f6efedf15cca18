# SPDX-License-Identifier: MIT
# What people write by hand: five figures of a combined log in one pass.
{
	hits++
	bytes += $10
	status[$9]++
	hours[substr($4, 14, 2)]++
	pages[$7]++
}
END {
	print hits, bytes, length(status), length(hours), length(pages)
}
