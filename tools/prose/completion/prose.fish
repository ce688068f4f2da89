# SPDX-License-Identifier: GPL-2.0
# fish completion for prose(8). PROSE_CONF_DIR and PROSE_NET_DIR are for tests.

@WORDS@

function __prose_confs
    set -l dir /etc/prose
    set -q PROSE_CONF_DIR; and set dir $PROSE_CONF_DIR
    for f in $dir/*.conf
        string replace -r '.*/(.*)\.conf$' '$1' -- $f
    end
end

# All devices, or those of the kind prose.
function __prose_devices
    set -l dir /sys/class/net
    set -q PROSE_NET_DIR; and set dir $PROSE_NET_DIR
    for d in $dir/*
        if test "$argv[1]" != prose; or grep -qsx DEVTYPE=prose $d/uevent
            string replace -r '.*/' '' -- $d
        end
    end
end

# What stands before the cursor, without options and their values.
function __prose_before
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -n -netns --netns --state-dir -b -batch --batch
                set skip 1
            case '-?*'
            case '*'
                printf '%s\n' $word
        end
    end
end

# What can be any file: behind these words, and a path to a configuration file.
function __prose_wants_file
    set -l prev (commandline -opc)[-1]
    contains -- $prev -b -batch --batch --state-dir file; and return 0
    set -l before (__prose_before)
    contains -- "$before[1]" up down restart save check showconf
    and string match -q '*/*' -- (commandline -ct)
end

# What stands behind a word; 1 if it takes no value.
function __prose_values
    switch $argv[1]
        case dev
            __prose_devices prose
        case link
            __prose_devices
        case '*'
            __prose_words =$argv[1]; or return 1
            test "$argv" = 'member dev'; and echo auto
            return 0
    end
    return 0
end

function __prose_next
    set -l prev (commandline -opc)[-1]
    set -l before (__prose_before)
    set -l n (count $before)
    set -l from 3
    set -l command "$before[1] $before[2]"

    if contains -- $prev -n -netns --netns
        for d in /run/netns/*
            string replace -r '.*/' '' -- $d
        end
        return
    end
    if string match -q -- '-*' (commandline -ct)
        __prose_words options
        return
    end
    switch "$n:$before[1]"
        case 0:
            __prose_words ''
            return
        case 1:up 1:restart 1:check
            __prose_confs
            return
        case 1:down 1:save
            __prose_confs
            __prose_devices prose
            return
        case 1:show 1:ls 1:list 1:showconf
            __prose_devices prose
            return
        case '*:doctor'
            set from 2
            set command doctor
        case '1:*'
            __prose_words $before[1]
            return
        case 2:dev
            contains -- $before[2] show set del; and __prose_devices prose
            return
    end
    # A word that takes a value is followed by it, not by another word.
    if test $n -ge $from; and test "$before[1] $n" != 'dev 3'
        __prose_values $prev $before[1]; and return
    end
    for word in (__prose_words $command)
        contains -- $word $before[$from..-1]; or echo $word
    end
end

# fish quotes what it puts into the line; nothing here is evaluated.
complete -c prose -f
complete -c prose -n __prose_wants_file -F
complete -c prose -n 'not __prose_wants_file' -a '(__prose_next)'
