# Completion of xeroctl in bash. Words are passed on standard input, so that none of them shows in the process list.
_xeroctl() {
    local line value help width=${COLUMNS:-80}
    local -a values=() helps=()
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o default 2>/dev/null ;;
            :values) ;;
            *)
                value=${line%%$'\t'*}
                help=
                [[ $line == *$'\t'* ]] && help=${line#*$'\t'}
                values+=("$value")
                helps+=("$help")
                ;;
        esac
    done < <(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD}" | command xeroctl __complete bash 2>/dev/null)
    local at longest=0
    # A single value is inserted as it is, and so is each one where a key cycles through them.
    if [[ ${#values[@]} -eq 1 || ${COMP_TYPE:-9} -eq 37 || ${COMP_TYPE:-9} -eq 42 ]]; then
        COMPREPLY=("${values[@]}")
        return
    fi
    for value in "${values[@]}"; do
        [[ ${#value} -gt $longest ]] && longest=${#value}
    done
    for at in "${!values[@]}"; do
        value=${values[at]}
        if [[ -n ${helps[at]} ]]; then
            printf -v value '%-*s  (%s)' "$longest" "$value" "${helps[at]}"
            [[ ${#value} -ge $width && $width -gt 20 ]] && value="${value:0:width-3}…"
        fi
        COMPREPLY+=("$value")
    done
}
complete -o nosort -F _xeroctl xeroctl 2>/dev/null || complete -F _xeroctl xeroctl
