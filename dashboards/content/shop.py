"""Shop: how the shop of the examples sells, out of the JSON that it serves about itself."""

from __future__ import annotations

from dashboards.promql import of, part, rate, total
from dashboards.values import Column, Dashboard, Lines, Query, Rows, Section, Steps

ORDERS, FAILED = (rate(f"shop_orders{kind}_total", by="cluster") for kind in ("", "_failed"))
SEEN = "{{region}} seen from {{cluster}}"
SHOP = Section(
    "Sales",
    (
        Lines(
            "Orders",
            "Orders placed per second, by region of the shop. Every cluster with the exporter sees the"
            " same shop.",
            8,
            "ops",
            (Query(rate("shop_orders_total", by="cluster, region"), SEEN),),
        ),
        Lines(
            "Orders that failed",
            "Share of orders that could not be placed. No line while nobody orders.",
            8,
            "percentunit",
            (Query(part(FAILED, f"({ORDERS} + {FAILED})"), "{{cluster}}"),),
        ),
        Lines(
            "Revenue per hour",
            "Euros of the orders placed, at the pace of the last minutes.",
            8,
            "currencyEUR",
            (Query(f"3600 * {rate('shop_revenue_euros_total', by='cluster, region')}", SEEN),),
        ),
        Lines(
            "Carts open",
            "Carts with something in them that are not yet ordered.",
            12,
            "short",
            (Query(total("shop_carts_open", by="cluster, region"), SEEN),),
        ),
        Rows(
            "Stock",
            "Cars in stock by model, lowest first.",
            12,
            ("cluster", "model"),
            (
                Column(
                    "Cars",
                    "short",
                    Query(f"min by (cluster, model) ({of('shop_stock_cars')})"),
                    Steps("red", ((1, "orange"), (5, "green"))),
                ),
            ),
            "Cars",
            False,
        ),
    ),
)

DASHBOARD = Dashboard(
    uid="singlepane-shop",
    title="Shop",
    about="How the shop sells: orders, those that failed, revenue, carts and stock.",
    sections=(SHOP,),
    clusters="label_values(shop_orders_total, cluster)",
    drill="singlepane-exporters",
)
