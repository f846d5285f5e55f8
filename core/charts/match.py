"""One image laid over each template: products, their positive and negative part, the sum and its share after softmax."""

import altair as alt
import pandas as pd

from core.charts.theme import Theme

ROW = 92  # pixels of height a class


def rows(frame: pd.DataFrame, reach: float, side: int, theme: Theme) -> alt.TopLevelMixin:
    """Classes from top to bottom: product image, bars of the sums below and above 0 with the logit marked, softmax share.

    Args:
        frame: one row a class with name, url (its product image), positive, negative, bias, logit, probability, in the order shown.
        reach: the largest size of any sum over all classes, so that two such charts share one scale.
        side: of the product image in pixels; shown at the largest whole multiple that fits the row.
    """
    names = list(frame["name"])
    height = ROW * len(names)
    size = max(1, (ROW - 6) // side) * side
    scale = alt.Scale(domain=names, paddingInner=0, paddingOuter=0)
    y = alt.Y("name:N", scale=scale, sort=None, title=None).axis(ticks=False, domain=False, labelFontSize=13, labelColor=theme.text)
    bare = alt.Y("name:N", scale=scale, sort=None, axis=None)
    tips = [
        alt.Tooltip("name:N", title="class"),
        alt.Tooltip("positive:Q", title="sum of w·x above 0", format="+.6f"),
        alt.Tooltip("negative:Q", title="sum of w·x below 0", format="+.6f"),
        alt.Tooltip("bias:Q", title="bias b", format="+.6f"),
        alt.Tooltip("logit:Q", title="z = b + sum", format="+.6f"),
        alt.Tooltip("probability:Q", title="softmax", format=".6f"),
    ]
    base = alt.Chart(frame)
    images = (
        base.mark_image(width=size, height=size, smooth=False, tooltip=None)
        .encode(y=y, x=alt.value(size / 2 + 2), url="url:N")
        .properties(width=size + 4, height=height)
    )
    x_scale = alt.Scale(domain=[-1.08 * reach, 1.08 * reach])

    def bars(field: str, colour: str) -> alt.Chart:
        x = alt.X(f"{field}:Q", scale=x_scale, title="sum of w·x below 0 | above 0").axis(tickCount=3, grid=False)
        return base.mark_bar(color=colour, height=16, yOffset=-6).encode(y=bare, x=x, tooltip=tips)

    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=theme.grid).encode(x=alt.X("zero:Q", scale=x_scale))
    logit = base.mark_tick(color=theme.mark, thickness=3, height=34, yOffset=-2).encode(
        y=bare, x=alt.X("logit:Q", scale=x_scale), tooltip=tips
    )
    text = (
        base.transform_calculate(text="'b ' + format(datum.bias, '+.2f') + ', z ' + format(datum.logit, '+.2f')")
        .mark_text(color=theme.text, dy=32, fontSize=11)
        .encode(y=bare, x=alt.value(66), text="text:N")
    )
    sums = alt.layer(zero, bars("positive", theme.signed[3]), bars("negative", theme.signed[1]), logit, text).properties(
        width=132, height=height
    )
    share = base.mark_bar(color=theme.amount[2], height=16).encode(
        y=bare,
        x=alt.X("probability:Q", scale=alt.Scale(domain=[0, 1]), title="softmax").axis(tickCount=2, format="%", grid=False),
        tooltip=tips,
    )
    percent = (
        base.transform_calculate(text="datum.probability < 0.0005 ? '< 0.1%' : format(datum.probability, '.1%')")
        .mark_text(color=theme.text, dy=32, fontSize=11, align="left")
        .encode(y=bare, x=alt.value(2), text="text:N")
    )
    return alt.hconcat(images, sums, alt.layer(share, percent).properties(width=64, height=height), spacing=8)
