"""Reports as residents write them: our own sentences, short and long, Chinese and English, with and without a place."""

from collections.abc import Iterator
from typing import Any

# What, where, who (name, phone), where more is needed: a pretended e-mail.
CHINESE = (
    ("小区北门两盏路灯坏了四天，晚上一片漆黑，孩子下晚自习看不清路。", "莲花路12号北门", "王秀英"),
    ("楼下垃圾桶满了三天没人清运，招苍蝇，味道很大。", "朝阳新村7栋东侧", "李建国"),
    ("人行道被流动摊贩占满，推婴儿车只能走机动车道，很危险。", "文昌街与解放路交叉口", "周婷"),
    ("顶楼住户私自搭建阳光房，漏水到我家，物业说管不了。", "东湖小区3栋2单元", "陈志强"),
    ("昨晚刮风，行道树断了一根粗树枝，挂在半空随时会掉下来。", "滨江大道体育馆北门公交站旁", "赵敏"),
    ("渣土车半夜一点还在跑，沿路抛洒，洒水车也没有来冲洗。", "工业园二路", "吴桂兰"),
    ("公园里的公厕断水一周，地面脏乱，老人反映多次。", "南门广场公园", "孙国华"),
    ("建筑工地凌晨两点还在打桩，噪音很大，已经连续三天了。", "清水桥边在建工地", "欧阳明月"),
    ("自来水发黄有异味，烧开以后杯底有沉淀。", "幸福里小区5栋", "刘桂芳"),
    ("井盖松动，汽车一压就响，电动车骑过去差点摔倒。", "第三中学门口", "何晓东"),
    ("请问外地户口的孩子在这里上小学，要准备哪些材料，什么时候报名？", "", "马玉兰"),
    ("楼道里堆满了杂物和电动车，还有人飞线充电，消防通道完全堵死。", "柳树巷18号", "郭强"),
    ("单位拖欠两个月工资，老板一直说再等等，我们十几个人都没有拿到。", "工业园二路35号", "冯军"),
    ("物业费涨了三成，业主大会没有开过，公共收益也不公布。", "朝阳新村", "曹丽"),
    ("公交站牌倒了半个月，雨天没有地方躲雨，建议加一个候车棚。", "桥头公交站", ""),
    ("饭店的油烟直接排到居民楼，窗户不敢开，衣服也没法晾。", "老菜场旁", "许文斌"),
    ("感谢市政工人冒雨抢修下水道，半夜还在干活，很感动。", "莲花路", "沈阿姨"),
    ("路口红绿灯时间太短，老人走到一半就变灯了，建议延长十秒。", "人民医院后门", "韩雪"),
)  # fmt: skip
ENGLISH = (
    ("The streetlight in front of our house has been dark since Monday; my mother nearly fell.", "12 Lotus Road"),
    ("Rubbish is piling up beside the overflowing bin; dogs tear the bags open at night.", "Chaoyang Village, gate 2"),
    ("A fallen tree blocks half of the cycle lane by the river.", "Riverside Avenue, near the stadium"),
    ("Construction noise after midnight for three nights in a row. We have a baby at home.", "Clear Water Bridge"),
    ("The manhole cover outside the school is loose and rattles whenever a car passes.", "No. 3 Middle School"),
    ("Where can I register a small food business, and which papers do you need from a foreign resident?", ""),
)
LONG = (
    "尊敬的领导：我是住在滨江大道的一名退休教师。我们小区旁边的河道从去年夏天开始水体发黑发臭，"
    "天气一热，整栋楼都不敢开窗。我们先后找过物业、居委会，也打过电话，每次都说会转给有关部门，可是至今没有下文。"
    "上个月下大雨，雨水管倒灌，河水漫到了一楼的储藏室，好几户人家的东西都泡坏了。"
    "我们十分理解各部门工作繁忙，但是希望能有一个明确的答复：由哪个单位负责、什么时候治理、治理到什么程度。"
    "附近一共有四百多户，老人和孩子很多。如果需要，我们可以提供照片和每天的记录，也愿意配合现场查看。"
)
LONG_ADDRESS = (
    "滨江大道与清水桥路交叉口往东约三百米，滨江花园小区二期南侧围墙外的河道步行道，靠近第二个排水口和旧水闸管理房之间"
)
WISHES = ("", "请尽快派人来看一看。", "这件事以前反映过，一直没有解决。", "希望给一个答复，谢谢。")
LON_STEP, LAT_STEP = 0.0007, 0.0005


def reports(count: int, centre: tuple[float, float]) -> Iterator[dict[str, Any]]:
    """Bodies for ``POST /api/v1/reports``: no two alike, three of four Chinese, points (WGS84) around ``centre``."""
    yield {"text": LONG, "address": LONG_ADDRESS, "contact": {"name": "司马长风", "phone": "13900001111"}}
    for number in range(1, count):
        body = _english(number) if number % 4 == 3 else _chinese(number)
        if number % 3 == 0:
            lon, lat = centre
            step = number % 17 - 8
            body["location"] = {"lon": lon + step * LON_STEP, "lat": lat - step * LAT_STEP, "datum": "WGS84"}
        yield body


def _chinese(number: int) -> dict[str, Any]:
    text, address, name = CHINESE[number % len(CHINESE)]
    body: dict[str, Any] = {"text": f"{text}{WISHES[number % len(WISHES)]}", "address": address}
    if name:
        body["contact"] = {"name": name, "phone": f"138{number:08d}"}
    return body


def _english(number: int) -> dict[str, Any]:
    text, address = ENGLISH[number // 4 % len(ENGLISH)]
    contact = {"name": "Ana Torres", "email": f"ana{number}@example.invalid"}
    return {"text": text, "address": address, "contact": contact}
