"""The parties every case has."""

from shared.texts.catalogue import Text

TEXTS = {
    "role.owner": Text("责任人", "person in charge"),
    "role.first_receiver": Text("首接人", "first receiver"),
    "role.assigner": Text("派单人", "assigner"),
    "role.customer": Text("客户", "customer"),
    "role.third_party": Text("第三方", "third party"),
}
