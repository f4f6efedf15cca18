# SPDX-License-Identifier: MIT
# courant.zsh - the part of the completion for zsh that no table is needed for; the tables are put in front of it

# _courant_pick OPTION… - WORD…: a word that ends in : or / goes on, behind a colon with a file.
_courant_pick()
{
	local -i at=${@[(i)-]}
	local -a how=("${(@)@[1,at-1]}") words=("${(@)@[at+1,-1]}")

	if compset -P '*:'; then
		_files
		return
	fi
	compadd "$how[@]" -S '' - "${(@M)words:#*[:/]}"
	compadd "$how[@]" - "${(@)words:#*[:/]}"
}

# CID=FILE
_courant_named_file()
{
	compset -P '*='
	_files
}

_courant()
{
	local curcontext=$curcontext state line
	local -a options
	typeset -A opt_args

	_arguments -C '(- *)'{-h,--help}'[show help]' '(- *)'{-V,--version}'[show the version]' '1: :->command' '*:: :->rest' && return 0
	case $state in
	command) _describe -t commands command _courant_commands ;;
	rest) _courant_command "$words[1]" && _arguments -s "$options[@]" ;;
	esac
}

_courant "$@"
