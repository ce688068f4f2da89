# SPDX-License-Identifier: GPL-2.0
"""What make bench prints and leaves in out/bench/: text, JSON, SVG."""

import html
import json

BAR, GAP, LEFT, WIDTH = 14, 6, 170, 520
COLOURS = {"prose": "#2b6cb0", "null": "#718096"}


def above_veth(told):
    """{layer: {(size, multicast): cost}}, plain veth's taken off."""
    costs = {}
    for line in told:
        if "of" in line:
            key = (line["size"], line["multicast"])
            costs.setdefault(line["of"], {})[key] = line["cost"]
    floor = costs.pop("veth", {})
    return floor, {of: {key: cost - floor[key] for key, cost in row.items()}
                   for of, row in costs.items()}


def row_of(name, cells):
    return f"{name:24}" + "".join(f"{cell:>12}" for cell in cells)


def text(release, told):
    """The tables, as lines."""
    floor, rows = above_veth(told)
    yield from tables(release, told, floor, rows) if rows else ()
    yield from scenarios(told)


def tables(release, told, floor, rows):
    columns = sorted(floor, key=lambda key: (key[1], key[0]))
    macsec = rows.get("macsec", {})
    yield f"Linux {release}: instructions per packet, sent and received, above veth"
    yield row_of("payload", [f"{size}{' mc' if many else ''}"
                             for size, many in columns])
    for of, row in rows.items():
        yield row_of(of, [f"{row[key]:,}" if key in row else "-"
                          for key in columns])
    yield row_of("(veth itself)", [f"{floor[key]:,}" for key in columns])
    if macsec:
        yield "\nThe same, as a share of MACsec"
        for of, row in rows.items():
            yield row_of(of, [f"{row[key] / macsec[key]:.2f}"
                              if key in row and key in macsec else "-"
                              for key in columns])
    yield "\nOne request through the crypto API"
    for line in told:
        if "crypto" in line:
            name = f"{line['crypto']} {line['key']}"
            yield f"{name:24}{line['size']:>6} + 28{line['cost']:>8,}   " + \
                line["driver"]


def rollover(lines):
    if not lines:
        return
    yield "\nA packet of 22 octets that takes a new PTK ID, against an ordinary one"
    yield row_of("", ["", "ordinary", "new", "times"])
    what = {"own": "its own path", "each": "with all work"}
    for line in lines:
        cost = line["rollover"]
        new = cost["sent"] + cost["received"]
        old = cost["ordinary_sent"] + cost["ordinary_received"]
        yield f"{line['suite'] + ', ' + what[line['way']]:36}" + \
            f"{old:>12,}{new:>12,}{new / old:>12.2f}"


def scenarios(told):
    yield from rollover([line for line in told if "rollover" in line])
    for line in told:
        if "flood" in line:
            yield (f"\n{line['frames']:,} frames of invented senders, "
                   f"{line['flood']}: {line['frame']:,} each, to send and "
                   f"drop; an ordinary packet {line['ordinary']:,} before and "
                   f"{line['packet']:,} between them, none lost")
        if "scale" in line:
            yield from scale(line)
    yield from bulk([line for line in told if "bulk" in line])
    yield from vector(told)
    yield from race([line for line in told if "race" in line])
    for line in told:
        if "profile" in line:
            total = sum(cost for cost, _ in line["ours"])
            yield (f"\nprose's own functions, {line['profile']}, "
                   f"{line['size']} octets: {total:,} of {line['cost']:,}")
            yield from (f"  {symbol:32}{cost:>8,}"
                        for cost, symbol in line["ours"] if cost)


def scale(line):
    cost = line["scale"]
    yield (f"\n{line['devices']:,} devices on one lower device, {line['keys']} "
           f"keys, {line['heard']:,} members heard, against one of each")
    yield row_of("", ["one", "members", "all", "times"])
    for name, what in (("packet", "a packet, 22 octets"),
                       ("heard", "a frame of each member"),
                       ("heard_most", "the dearest of them")):
        row = [cost[of][name] for of in ("one", "members", "all")]
        yield row_of(what, [*(f"{number:,}" for number in row),
                            f"{row[2] / row[0]:.2f}"])
    yield "octets of kernel memory: " + ", ".join(
        f"{octets:,} a {what}" for what, octets in line["memory"].items())


def bulk(lines):
    """Super-packets, by layer, kind and way"""
    if not lines:
        return
    cost = {(line["layer"], line["bulk"], line["way"]): line["cost"]
            for line in lines}
    columns = [(kind, way) for kind in ("stream", "gso")
               for way in ("there", "back")]
    yield "\nInstructions per 1,000 octets, sent and received, veth's among them"
    yield row_of("", ["", "TCP", "TCP back", "UDP GSO", "UDP back"])
    for layer in dict.fromkeys(line["layer"] for line in lines):
        cells = [f"{cost[layer, *column]:,}" if cost[layer, *column]
                 else "refused" for column in columns]
        yield f"{layer:36}" + "".join(f"{cell:>12}" for cell in cells)
    for layer in dict.fromkeys(line["layer"] for line in lines):
        if layer.startswith("prose") and ("macsec", *columns[0]) in cost:
            yield f"{layer + ' / macsec':36}" + "".join(
                f"{cost[layer, *column] / cost['macsec', *column]:>12.2f}"
                if cost["macsec", *column] else f"{'-':>12}"
                for column in columns)


VECTOR = {"portable": "portable", "vector": "AES-NI, AVX2",
          "gather": "with gathers"}


def vector(told):
    """SNOW 3G and ZUC with vector instructions: counted, and in real time"""
    for line in told:
        if "vector_skipped" in line:
            yield (f"\nSNOW 3G and ZUC with vector instructions, "
                   f"{line['vector_skipped']}: skipped, {line['why']}")
    for kind, title, cell in (
            ("vector", "instructions an octet, and a share of the portable code's",
             counted),
            ("vector_time", "real time against portable; median, least, most of "
             "25 rounds", timed)):
        lines = [line for line in told if kind in line]
        sizes = sorted({line["octets"] for line in lines})
        if lines:
            yield f"\nSNOW 3G and ZUC in user space, {title}"
            yield row_of("octets in a message", ["", *(f"{size:>22,}"
                                                       for size in sizes)])
        rows = {}
        for line in lines:
            of = (line[kind], line["code"], line["streams"])
            rows.setdefault(of, {})[line["octets"]] = line
        for of, row in rows.items():
            portable = rows[of[0], "portable", 1]
            name = f"{of[0]}, {VECTOR[of[1]]}" + f", {of[2]} at once" * (of[2] > 1)
            yield f"{name:36}" + "".join(
                f"{cell(row[size], portable[size]):>22}" for size in sizes)


def counted(line, portable):
    share = line["cost"] / portable["cost"]
    return f"{line['cost'] / line['octets']:.1f}  {share:.2f}"


def timed(line, _):
    return f"{line['ratio']:.2f}  {line['low']:.2f} - {line['high']:.2f}"


def race(lines):
    if not lines:
        return
    names = {"v0": "plain device", "p0": "prose eea2", "m0": "macsec"}
    yield ("\nPackets of 22 octets a second that two senders on two CPUs send, "
           "against one; real time")
    yield from (f"{names[line['race']]:24}{line['one']:>12,}{line['two']:>12,}"
                f"{line['two'] / line['one']:>8.2f}" for line in lines)


def svg(release, told):
    """Bars, a group of them a payload size, unicast."""
    _, rows = above_veth(told)
    sizes = sorted({size for row in rows.values() for size, many in row
                    if not many})
    parts, y = [], 36
    for size in sizes:
        bars = [(of, row[(size, False)]) for of, row in rows.items()
                if (size, False) in row]
        most = max(cost for _, cost in bars)
        parts.append(f'<text x="8" y="{y}" font-weight="bold">'
                     f"{size} octets</text>")
        y += 10
        for of, cost in bars:
            width = max(1, round(cost / most * WIDTH))
            colour = COLOURS.get(of.split()[0], "#c05621")
            parts.append(
                f'<text x="{LEFT - 6}" y="{y + BAR - 3}" text-anchor="end">'
                f"{html.escape(of)}</text>"
                f'<rect x="{LEFT}" y="{y}" width="{width}" height="{BAR}" '
                f'fill="{colour}"/>'
                f'<text x="{LEFT + width + 5}" y="{y + BAR - 3}">{cost:,}'
                "</text>")
            y += BAR + GAP
        y += 24
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" '
            f'height="{y}" font-family="sans-serif" font-size="11">\n'
            f"<title>Instructions per packet above veth, Linux "
            f"{html.escape(release)}</title>\n"
            f'<rect width="100%" height="100%" fill="white"/>\n'
            f'<text x="8" y="14">Instructions per packet, sent and received, '
            f"above veth; Linux {html.escape(release)}</text>\n" +
            "\n".join(parts) + "\n</svg>\n")


def write(out, name, release, told):
    lines = list(text(release, told))
    print("\n".join(lines), flush=True)
    (out / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (out / f"{name}.json").write_text(json.dumps(
        {"kernel": release, "measured": told}, indent=1) + "\n", encoding="utf-8")
    if any("of" in line for line in told):
        (out / f"{name}.svg").write_text(svg(release, told), encoding="utf-8")
