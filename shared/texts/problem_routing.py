"""Problems of routing: documents of the organisation and packs that cannot be taken."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.directory_refused.title": Text("组织资料有误", "The organisation cannot be loaded"),
    "problem.directory_refused.detail": Text(
        "发现 {count} 处问题，组织资料未作任何改动。请按 errors 中的说明改正后重新上传。",
        "{count} thing(s) are wrong and nothing was changed. Correct what errors lists and upload it again.",
    ),
    "problem.pack_refused.title": Text("制度包有误", "The pack cannot be published"),
    "problem.pack_refused.detail": Text(
        "发现 {count} 处问题，制度包未发布。请按 errors 中的说明改正后重新上传。",
        "{count} thing(s) are wrong and nothing was published. Correct what errors lists and upload it again.",
    ),
    "problem.pack_version_exists.title": Text("该版本已发布", "This version was published before"),
    "problem.pack_version_exists.detail": Text(
        "制度包 {code} 的版本 {version} 已以不同内容发布；已发布的版本不可更改，请使用新的版本号。",
        "Version {version} of pack {code} was published with another text. A published version never changes: "
        "give this one a new number.",
    ),
    "problem.case_full.title": Text("工单文字已满", "The case's record is full"),
    "problem.case_full.detail": Text(
        "此工单的文字记录已达上限，未再追加。请缩短文字，或登记新的投诉继续处理。",
        "The words kept with this case have reached their limit and nothing was added. Write less, or go on under a "
        "new complaint.",
    ),
}
