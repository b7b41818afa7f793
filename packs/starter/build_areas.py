"""Draws the territory of the fictional starter city and writes areas.geojson. Same input, same file, byte for byte.

How a believable map comes about: points are scattered, densely in the middle and thinly outside, and in mirrored pairs
along a river; their Voronoi cells are the plots. Plots are grouped again and again by nearness: the two banks into
districts, these into streets, communities and grids. The grids' borders are smoothed together, so that neighbours keep
sharing every vertex, and everything larger is the union of its grids. Hence children tile their parent without gap.

The city lies in the open sea so that no real place is given a wrong name.

    .venv/bin/python packs/starter/build_areas.py
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

SEED = 39  # others may leave a grid in two pieces; main() refuses those
CENTRE = np.array([123.6, 29.6])  # WGS84 longitude and latitude
METRES_PER_DEGREE = np.array([96_830, 110_860])  # eastward and northward, at the centre
RADIUS_M = 9_000
PLOTS = 2_600
RIVER_STEP_M = 260
SMOOTHING_M = 110
DECIMALS = 6  # of a degree: a tenth of a metre

LEVELS = ("city", "district", "street", "community", "grid")
GRIDS_A_COMMUNITY = 3
ORDINALS = "一二三"

Places = npt.NDArray[np.float64]

# Districts by bank of the river, their streets, and the communities of each. None of these places exists.
TERRITORY = {
    "north": {
        ("澄心", "Chengxin"): {
            ("钟楼", "Zhonglou"): [("莲花", "Lianhua"), ("井巷", "Jingxiang"), ("文庙", "Wenmiao")],
            ("书院", "Shuyuan"): [("墨池", "Mochi"), ("槐荫", "Huaiyin"), ("学宫", "Xuegong")],
            ("柳岸", "Liuan"): [("柳湾", "Liuwan"), ("渔歌", "Yuge")],
        },
        ("望汐", "Wangxi"): {
            ("渡口", "Dukou"): [("船坊", "Chuanfang"), ("盐仓", "Yancang"), ("潮生", "Chaosheng")],
            ("灯塔", "Dengta"): [("白鹭", "Bailu"), ("观澜", "Guanlan")],
            ("海棠", "Haitang"): [("棠梨", "Tangli"), ("杏雨", "Xingyu")],
        },
    },
    "south": {
        ("桑陌", "Sangmo"): {
            ("桑园", "Sangyuan"): [("蚕花", "Canhua"), ("丝行", "Sihang"), ("机杼", "Jizhu")],
            ("麦香", "Maixiang"): [("麦田", "Maitian"), ("稻香里", "Daoxiangli")],
            ("石桥", "Shiqiao"): [("三桥", "Sanqiao"), ("磨坊", "Mofang"), ("青石", "Qingshi")],
        },
        ("镜浦", "Jingpu"): {
            ("荷塘", "Hetang"): [("藕香", "Ouxiang"), ("听雨", "Tingyu"), ("采菱", "Cailing")],
            ("竹影", "Zhuying"): [("竹里", "Zhuli"), ("松风", "Songfeng")],
            ("云栖", "Yunqi"): [("云岫", "Yunxiu"), ("茶亭", "Chating")],
        },
    },
}


@dataclass
class Division:
    """One division being built: the plots it consists of (indices) and the divisions below it."""

    level: str
    code: str
    names: dict[str, str]
    plots: npt.NDArray[np.int64]
    children: list["Division"] = field(default_factory=list)

    def walk(self, parent: str | None = None) -> Iterator[tuple["Division", str | None]]:
        """This division and all below it, parents first, each with its parent's code."""
        yield self, parent
        for child in self.children:
            yield from child.walk(self.code)

    def grids(self) -> list["Division"]:
        """The grids this division consists of."""
        return [division for division, _ in self.walk() if division.level == "grid"]


def main() -> None:
    """Draws, checks nothing is in two pieces, writes."""
    random = np.random.default_rng(SEED)
    plots = scatter(random)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(plots), ordered=True))
    inside = np.flatnonzero(np.hypot(*plots.T) < coast(np.arctan2(plots[:, 1], plots[:, 0])))
    city = divide(plots, inside, random)
    shapes = smooth([shapely.coverage_union_all(cells[grid.plots]) for grid in city.grids()])
    by_code = dict(zip((grid.code for grid in city.grids()), shapes, strict=True))
    features = [feature(division, parent, by_code) for division, parent in city.walk()]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in features)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    Path(__file__).with_name("areas.geojson").write_text(text, encoding="utf-8")
    print(f"{len(features)} areas, {len(text.encode()) / 1000:.0f} kB")


def coast(angle: Places) -> Places:
    """The city's edge: metres from the centre by direction (radians), a gently dented circle."""
    dents = 0.13 * np.sin(2 * angle + 0.6) + 0.07 * np.sin(3 * angle + 2.1) + 0.05 * np.sin(5 * angle + 4.0)
    edge: Places = RADIUS_M * (1 + dents)
    return edge


def river(east: Places) -> Places:
    """The river's course: metres north of the centre at so many metres east of it."""
    course: Places = 1_100 * np.sin(east / 3_100 + 0.4) + 350 * np.sin(east / 1_150) - 0.08 * east
    return course


def scatter(random: np.random.Generator) -> Places:
    """Seed points of the plots, shape (n, 2) in metres: denser in the middle, mirrored along the river."""
    distance = 1.7 * RADIUS_M * random.random(PLOTS) ** 0.75
    angle = random.uniform(0, 2 * np.pi, PLOTS)
    points = np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
    points = points[np.abs(points[:, 1] - river(points[:, 0])) > RIVER_STEP_M]
    east = np.arange(-1.7 * RADIUS_M, 1.7 * RADIUS_M, RIVER_STEP_M)
    slope = (river(east + 1) - river(east - 1)) / 2
    across = np.column_stack([-slope, np.ones_like(slope)]) / np.hypot(slope, 1)[:, None] * RIVER_STEP_M / 2
    banks = np.column_stack([east, river(east)])
    return np.vstack([points, banks + across, banks - across])


def divide(plots: Places, inside: npt.NDArray[np.int64], random: np.random.Generator) -> Division:
    """The tree of divisions over the plots inside the city."""
    city = Division("city", "390100", {"zh-hans": "汀兰市", "en": "Tinglan City"}, inside)
    is_north = plots[inside, 1] > river(plots[inside, 0])
    number = 1  # 390101 is left free, as real tables leave it to the municipal districts as a whole
    for bank, members in (("north", inside[is_north]), ("south", inside[~is_north])):
        districts = TERRITORY[bank]
        for (names, streets), part in zip(
            districts.items(), cluster(plots, members, len(districts), random), strict=True
        ):
            number += 1
            district = Division("district", f"3901{number:02}", name(names, "区", "District"), part)
            city.children.append(district)
            add_streets(district, streets, plots, random)
    return city


def add_streets(
    district: Division,
    streets: dict[tuple[str, str], list[tuple[str, str]]],
    plots: Places,
    random: np.random.Generator,
) -> None:
    """Divides a district into its streets, these into communities, these into grids."""
    for names, street in below(district, "street", list(streets), plots, random):
        street.names = name(names, "街道", "Subdistrict")
        for community_names, community in below(street, "community", streets[names], plots, random):
            community.names = name(community_names, "社区", "Community")
            grids = [(ORDINALS[n], str(n + 1)) for n in range(GRIDS_A_COMMUNITY)]
            for (ordinal, numeral), grid in below(community, "grid", grids, plots, random):
                grid.names = {
                    "zh-hans": f"{community.names['zh-hans']}第{ordinal}网格",
                    "en": f"{community.names['en']} Grid {numeral}",
                }


def below(
    parent: Division, level: str, names: list[tuple[str, str]], plots: Places, random: np.random.Generator
) -> Iterator[tuple[tuple[str, str], Division]]:
    """One new division of ``level`` per name under ``parent``, numbered from 001."""
    for number, (given, part) in enumerate(
        zip(names, cluster(plots, parent.plots, len(names), random), strict=True), start=1
    ):
        child = Division(level, f"{parent.code}{number:03}", {}, part)
        parent.children.append(child)
        yield given, child


def cluster(
    plots: Places, members: npt.NDArray[np.int64], count: int, random: np.random.Generator
) -> list[npt.NDArray[np.int64]]:
    """Groups plots into ``count`` compact parts of similar number (k-means), from west to east."""
    where = plots[members]
    centres = where[random.choice(len(members), count, replace=False)]
    nearest = np.zeros(len(members), dtype=int)
    for _round in range(60):
        nearest = np.argmin(np.hypot(*(where[:, None, :] - centres[None]).transpose(2, 0, 1)), axis=1)
        centres = np.array([where[nearest == k].mean(axis=0) for k in range(count)])
    return [members[nearest == k] for k in np.argsort(centres[:, 0])]


def smooth(shapes: list[shapely.Geometry]) -> npt.NDArray[np.object_]:
    """Borders with fewer corners, still shared by neighbours, in rounded WGS84 degrees."""
    smoothed = shapely.coverage_simplify(shapes, SMOOTHING_M)

    def to_degrees(metres: Places) -> Places:
        rounded: Places = np.round(metres / METRES_PER_DEGREE + CENTRE, DECIMALS)
        return rounded

    degrees: npt.NDArray[np.object_] = shapely.transform(smoothed, to_degrees)
    return degrees


def name(names: tuple[str, str], chinese: str, english: str) -> dict[str, str]:
    """A division's name in both languages, with the word for its level."""
    return {"zh-hans": f"{names[0]}{chinese}", "en": f"{names[1]} {english}"}


def feature(division: Division, parent: str | None, grid_shapes: dict[str, shapely.Geometry]) -> dict[str, object]:
    """The GeoJSON feature of a division. Raises ValueError where its shape is broken or in pieces."""
    shape = shapely.orient_polygons(shapely.coverage_union_all([grid_shapes[grid.code] for grid in division.grids()]))
    if shape.geom_type != "Polygon" or not shape.is_valid:
        raise ValueError(f"{division.code} is a {shape.geom_type}; choose another SEED")
    properties = {"level": division.level, "code": division.code, "parent": parent, "names": division.names}
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


if __name__ == "__main__":
    main()
