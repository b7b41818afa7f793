"""Sentences of our own, as residents write them. Each of ``MATTERS`` holds words the starter city's rules recognise."""

PLACES = (
    "莲花路", "滨江大道", "文昌街", "东湖小区", "朝阳新村", "解放路口", "第三中学门口", "老菜场旁",
    "体育馆北门", "桥头公交站", "柳树巷", "幸福里", "工业园二路", "南门广场", "人民医院后门", "清水桥边",
)  # fmt: skip

MATTERS = (
    "路灯连续三晚不亮灯，老人走路看不清",
    "垃圾桶满了没有人清运，垃圾清运车两天没来",
    "流动摊贩占道经营，人行道走不通",
    "楼顶有人私自搭建，疑似违章建筑",
    "绿化带里的行道树被大风刮断，树枝挂在半空",
    "渣土车夜里抛洒，建筑垃圾堆在路边",
    "公共厕所断水多日，公厕地面很脏",
    "门口墙上贴满小广告，广告牌也快掉了",
    "The streetlight in front of the house has been dark for a week",
    "Rubbish is piling up beside the overflowing bin",
)

WISHES = (
    "请尽快派人来看一看。",
    "希望有关部门给一个答复，谢谢。",
    "这件事以前也反映过，一直没有解决。",
    "家里有老人和孩子，出入很不方便。",
    "附近住户都可以作证，照片可以再补。",
    "白天没有人，晚上七点以后可以联系。",
    "上个月修过一次，没过几天又坏了。",
    "Please send somebody to have a look, thank you.",
)
