# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# courant.bash - the part of the completion for bash 4 and newer that no table is needed for; the tables are put in front of it
#
# bash cuts words at the characters of COMP_WORDBREAKS, among them "=" and ":"; what stood together in the line is put together again, and what
# bash would not replace (up to the last of these characters) is taken off the replies. No helper of bash-completion is used.

# The words up to the cursor, as they stand in the line.
_courant_words()
{
	local rest=$COMP_LINE i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if ((i > 0)) && [[ $rest != [[:blank:]]* && ${COMP_WORDS[i]} ]]; then
			words[${#words[@]} - 1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"${COMP_WORDS[i]}"}
	done
}

# _courant_offer BEFORE BEGINNING WORDS: those of the words, a line each, that begin so.
_courant_offer()
{
	local word quoted=%q
	[[ $2 == [\'\"]* ]] && quoted=%s
	while IFS= read -r word; do
		[[ $word && $word == "${2#[\'\"]}"* ]] || continue
		# shellcheck disable=SC2059 # it is one of the two above
		COMPREPLY+=("$1$(printf "$quoted" "$word")")
	done <<<"$3"
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/:] ]] && compopt -o nospace
}

_courant_files()
{
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen "$1" -P "$2" -- "$3")
}

# _courant_value BEFORE BEGINNING: by $kind and $known; BEFORE is what stands in front of it in the same word.
_courant_value()
{
	case $kind in
	files)
		# CID=FILE
		if [[ $2 == *=* ]]; then
			_courant_files -f "$1${2%"${2##*=}"}" "${2##*=}"
		else
			_courant_files -f "$1" "$2"
		fi ;;
	folders) _courant_files -d "$1" "$2" ;;
	programs) mapfile -t COMPREPLY < <(compgen -c -P "$1" -- "$2") ;;
	word)
		if [[ $2 == *:* && $known == *"${2%"${2##*:}"}"* ]]; then
			_courant_files -f "$1${2%"${2##*:}"}" "${2##*:}"
		else
			_courant_offer "$1" "$2" "$known"
		fi ;;
	words) _courant_offer "$1${2%"${2##*,}"}" "${2##*,}" "$known" ;;
	esac
}

_courant()
{
	local words command word value kind='' known='' options='' first='' arguments='' n_arguments=0 i head breaks=''
	COMPREPLY=()
	_courant_words
	word=${words[-1]}
	command=${words[1]}
	if ((${#words[@]} <= 2)); then
		_courant_offer '' "$word" "$_courant_commands"$'\n--help\n--version'
		return
	fi
	_courant_command "$command" || return
	# Which option waits for its value, and how many arguments there are.
	for ((i = 2; i < ${#words[@]} - 1; i++)); do
		value=$kind
		kind='' known=''
		if [[ $value ]]; then
			continue
		elif [[ ${words[i]} == -* && ${words[i]} != *=* ]]; then
			_courant_option "$command" "${words[i]}"
		elif [[ ${words[i]} != -* ]]; then
			((n_arguments++))
		fi
	done
	if [[ $kind ]]; then
		_courant_value '' "$word"
	elif [[ $word == --*=* ]]; then
		_courant_option "$command" "${word%%=*}"
		_courant_value "${word%%=*}=" "${word#*=}"
	elif [[ $word == -* ]]; then
		_courant_offer '' "$word" "$options"
	else
		if [[ $arguments ]]; then
			_courant_files -f '' "$word"
		fi
		if ((n_arguments == 0)); then
			_courant_offer '' "$word" "$first"
		fi
	fi
	[[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
	[[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'
	if [[ $breaks ]]; then
		head=${word%"${word##*["$breaks"]}"}
		COMPREPLY=("${COMPREPLY[@]#"$head"}")
	fi
}

complete -F _courant courant
