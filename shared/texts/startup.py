"""Why a service refuses to start, and what to do about it."""

from shared.texts.catalogue import Text

TEXTS = {
    "startup.key_ring_empty": Text(
        "没有配置密钥。请设置 HUIYIN_SEAL__KEYS。", "There is no key to seal with. Set HUIYIN_SEAL__KEYS."
    ),
    "startup.key_malformed": Text(
        "HUIYIN_SEAL__KEYS 中第 {number} 个密钥无效：应为 32 字节的 base64url 编码（44 个字符）。",
        "Key {number} of HUIYIN_SEAL__KEYS is not valid: it must be 32 bytes in base64url, 44 characters.",
    ),
    "startup.key_twice": Text(
        "HUIYIN_SEAL__KEYS 中第 {number} 个密钥重复。请删除其一。",
        "Key {number} of HUIYIN_SEAL__KEYS stands there before. Remove one of the two.",
    ),
    "startup.key_missing": Text(
        "已存数据由密钥 {ids} 加密，而密钥环中没有。请恢复这些密钥；新密钥打不开旧数据。",
        "Stored data are sealed with key(s) {ids}, which the key ring lacks. "
        "Restore them; a new key cannot open old data.",
    ),
    "startup.key_file_open": Text(
        "其他用户可以读取密钥文件 {path}（权限 {mode}）。请运行：chmod 600 {path}",
        "Others can read the key file {path} (mode {mode}). Run: chmod 600 {path}",
    ),
    "startup.key_file_malformed": Text(
        '密钥文件 {path} 无法读取，应形如 {{"keys": ["…"]}}。请从备份恢复。',
        'The key file {path} cannot be read; it must look like {{"keys": ["…"]}}. Restore it from a backup.',
    ),
}
