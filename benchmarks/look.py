"""How soon every page answers a look: the MLP, the templates, the learning and the CNN page and the drawing pad, in turns.

`python -m benchmarks.look` prints a line of JSON for each measurement and a table at the end.
"""

import contextlib
import io
import json

from benchmarks import look_cnn, look_digits, look_learning, look_mlp, look_templates


def main() -> None:
    rows = []
    for part in (look_mlp, look_templates, look_learning, look_cnn, look_digits):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            part.main()
        lines = [line for line in out.getvalue().splitlines() if line.startswith("{")]
        print(*lines, sep="\n", flush=True)
        rows += [json.loads(line) for line in lines]
    print(f"\n{'':72}{'value':>10}{'limit':>8}  against its peer")
    for row in rows:
        ratio = f"{row['ratio']} x {row['peer']}" if row.get("ratio") else ""
        print(f"{row['name'][:70]:72}{row['value']:>7} {row['unit'][:2]:2}{row.get('limit') or '':>8}  {ratio}")


if __name__ == "__main__":
    main()
