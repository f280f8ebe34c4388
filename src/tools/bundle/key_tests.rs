use ed25519_dalek::Verifier;
use serde_json::json;

use super::*;

/// RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc). Secret key, public key, message, signature.
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

/// Every way to write a point of small order: under such a key a signature fits messages that nobody signed.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
];

fn trusting(public: &str) -> Trusted {
    Trusted::read(&json!([format!("{PUBLIC}{public}")])).unwrap().remove(0)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[test]
fn the_vectors_of_rfc_8032() {
    for [seed, public, message, wanted] in RFC_8032 {
        assert_eq!(public_of(&format!("{SECRET}{seed}")).unwrap(), format!("{PUBLIC}{public}"));
        let (key, mut message) = (trusting(public), unhex(message));
        let made = signature(&secret(&format!("{SECRET}{seed}\n")).unwrap(), &message);
        assert_eq!(hex(&made), wanted);
        assert!(key.verifies(&message, &bytes(wanted).unwrap()));
        message.push(0);
        assert!(!key.verifies(&message, &bytes(wanted).unwrap()), "of another message");
        message.pop();
        for bit in 0..512 {
            let mut other: [u8; 64] = bytes(wanted).unwrap();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verifies(&message, &other), "bit {bit} of another");
        }
    }
}

#[test]
fn nobody_makes_another_signature_of_one() {
    let [_, public, _, _] = RFC_8032[0];
    // The first vector with the order of the group added to its second half.
    let more = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901554c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b";
    assert!(!trusting(public).verifies(b"", &bytes(more).unwrap()));
}

#[test]
fn a_signature_of_small_order_is_refused_even_of_its_own_key() {
    let [_, public, _, _] = RFC_8032[0];
    // Its first half is the neutral point; whoever has the secret key of the first vector can make it, and the plain equation holds.
    let small = "0100000000000000000000000000000000000000000000000000000000000000756cf9b1d6f0d7a979b9d2af3dc2bc1294ec7cb6daa20eaff534c024fc57920f";
    let signature: [u8; 64] = bytes(small).unwrap();
    let key = trusting(public);
    assert!(key.verifying.verify(b"", &Signature::from_bytes(&signature)).is_ok(), "the vector is what it says");
    assert!(!key.verifies(b"", &signature));
}

#[test]
fn keys_of_small_order_are_not_trusted() {
    for point in SMALL_ORDER {
        let error = Trusted::read(&json!([{"key": format!("{PUBLIC}{point}")}])).unwrap_err();
        assert_eq!(error.path(), "trusted[0].key", "{point}");
    }
}

#[test]
fn a_key_is_written_in_one_way() {
    let [seed, public, ..] = RFC_8032[0];
    for text in [
        public.to_string(),
        format!("{PUBLIC}{}", public.to_uppercase()),
        format!("{PUBLIC}{public}0"),
        format!("{SECRET}{seed}"),
    ] {
        let error = Trusted::read(&json!([text])).unwrap_err();
        assert_eq!(error.path(), "trusted[0]");
        assert!(!error.to_string().contains(seed), "a secret key given by mistake is not repeated");
    }
    let error = public_of(&format!("{PUBLIC}{seed}")).unwrap_err();
    assert_eq!((error.path(), error.to_string().contains(seed)), ("secret", false));
}

#[test]
fn a_key_ends() {
    let [_, public, ..] = RFC_8032[0];
    let key = format!("{PUBLIC}{public}");
    let list =
        Trusted::read(&json!([{"key": key, "until": 1_000}, {"key": key, "until": "1970-01-01T00:00:02Z"}])).unwrap();
    assert!(matches!(Trusted::find(&list, &key, 999), Some(Ok(_))));
    assert!(matches!(Trusted::find(&list, &key, 1_999), Some(Ok(_))), "one of its entries still holds");
    assert!(matches!(Trusted::find(&list, &key, 2_000), Some(Err(Ended))));
    assert!(Trusted::find(&list, "ed25519-other", 0).is_none());
    for (list, path) in [
        (json!([{"key": key, "until": "soon"}]), "trusted[0].until"),
        (json!([{"until": 7}]), "trusted[0].key"),
        (json!([]), "trusted"),
        (json!({}), "trusted"),
    ] {
        assert_eq!(Trusted::read(&list).unwrap_err().path(), path);
    }
}
