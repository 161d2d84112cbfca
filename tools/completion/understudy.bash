# Bash completion for understudy: verbs, options, their values, and files.
#
# Verbs and options come from the program's own help, so that this file never lags behind it.

_understudy_options() {  # VERB: its options, long and short
    # shellcheck disable=SC2086  # "twin create" is two words
    "$program" $1 --help 2>/dev/null |
        sed -nE '/^Options:/,/^Example:/{
            s/^  (-[a-z]) \[ (--[a-z-]+) \].*/\1 \2/p
            s/^  (--[a-z-]+).*/\1/p
        }'
}

_understudy() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
    program=${program/#\~\//$HOME/}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        local verbs
        verbs=$("$program" --help 2>/dev/null | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$verbs --help --version" -- "$word")
        return
    fi
    # bash takes the = of --option=value for a word of its own
    local joined=
    if [ "$word" = "=" ]; then
        word='' joined=yes
    elif [ "$before" = "=" ]; then
        before=${COMP_WORDS[COMP_CWORD-2]} joined=yes
    fi
    # the value of --trace may be left out, and so is given with = only
    if [ "$before" = --trace ] && [ -n "$joined" ]; then
        mapfile -t COMPREPLY < <(compgen -W "first all" -- "$word")
        return
    fi
    case "$before" in
        -f|--format) mapfile -t COMPREPLY < <(compgen -W "csv nextflow" -- "$word"); return ;;
        --trace-compression) mapfile -t COMPREPLY < <(compgen -W "deflate none" -- "$word"); return ;;
        --emit) mapfile -t COMPREPLY < <(compgen -W "slurm kubernetes" -- "$word"); return ;;
        -o|--out) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --seed|-n|--precision|--measure|--confidence|--replications|--replication|--threads|--shard|--shards|--trace-limit|--set|--accept|--credible|--over|--concurrency) return ;;
    esac
    # some verbs have commands of their own, each with its options
    if [[ " twin change graph config " == *" $verb "* ]]; then
        if [ "$COMP_CWORD" -eq 2 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$("$program" "$verb" --help 2>/dev/null | sed -nE '/^To /,/^(A version|Example:)/s/^  ([a-z]+) .*/\1/p') --help" -- "$word")
            return
        fi
        verb="$verb ${COMP_WORDS[2]}"
    fi
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_understudy_options "$verb")" -- "$word")
        return
    fi
    case "$verb" in
        merge) mapfile -t COMPREPLY < <(compgen -f -X '!*.yaml' -- "$word"; compgen -f -X '!*.ledger' -- "$word"; compgen -d -- "$word") ;;
        run|validate|rehearse) mapfile -t COMPREPLY < <(compgen -f -X '!*.yaml' -- "$word"; compgen -f -X '!*.yml' -- "$word"; compgen -d -- "$word") ;;
        report|trace|compare) mapfile -t COMPREPLY < <(compgen -f -X '!*.h5' -- "$word"; compgen -d -- "$word") ;;
        template) mapfile -t COMPREPLY < <(compgen -W "$("$program" template 2>/dev/null | sed -nE 's/^  ([a-z-]+) .*/\1/p')" -- "$word") ;;
        schema) mapfile -t COMPREPLY < <(compgen -W "scenario change study template policy output" -- "$word") ;;
        init) ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}

complete -o filenames -F _understudy understudy
