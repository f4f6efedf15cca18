# SPDX-License-Identifier: MIT
# courant.fish - the part of the completion for fish that needs no table; the tables come behind it

# Whether the command is this one.
function __courant_in
	set -l words (commandline -opc)
	test (count $words) -ge 2; and test "$words[2]" = "$argv[1]"
end

# Whether the command is this one, and its first argument is to come.
function __courant_begins
	set -l words (commandline -opc)
	test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"
end

# Some of the words, with commas between.
function __courant_list
	set -l token (commandline -ct | string replace -r '^-[^=]*=' '')
	set -l before (string replace -r '[^,]*$' '' -- $token)
	for word in $argv
		echo $before$word
	end
end

# Behind a word such as maildir: a path.
function __courant_paths
	set -l token (commandline -ct | string replace -r '^-[^=]*=' '')
	set -l parts (string match -r '^([a-z]+:)(.*)$' -- $token)
	or return
	for path in (__fish_complete_path $parts[3])
		echo $parts[2]$path
	end
end

complete -c courant -f
complete -c courant -n 'test (count (commandline -opc)) -eq 1' -s h -l help -d 'show help'
complete -c courant -n 'test (count (commandline -opc)) -eq 1' -s V -l version -d 'show the version'

