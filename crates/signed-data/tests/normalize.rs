//! Whatever way an element is written in BER, the normaliser gives its one form with definite lengths.

use signed_data::normalize;

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256).to_le_bytes()[0]).collect()
    }
}

fn tlv(identifier: &[u8], contents: &[u8]) -> Vec<u8> {
    let octets = contents.len().to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let length = match contents.len() {
        0..=0x7f => vec![octets[7]],
        _ => [&[0x80 | octets[zeros..].len().to_le_bytes()[0]], &octets[zeros..]].concat(),
    };
    [identifier, &length, contents].concat()
}

fn maybe_indefinite(numbers: &mut Numbers, identifier: &[u8], contents: &[u8]) -> Vec<u8> {
    match numbers.below(2) {
        0 => tlv(identifier, contents),
        _ => [identifier, &[0x80], contents, &[0, 0]].concat(),
    }
}

/// The octets in segments, some of them in segments themselves.
fn segments(numbers: &mut Numbers, mut octets: &[u8], depth: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while !octets.is_empty() {
        let (segment, rest) = octets.split_at(1 + numbers.below(octets.len()));
        octets = rest;
        if depth > 0 && numbers.below(4) == 0 {
            let inner = segments(numbers, segment, depth - 1);
            out.extend(maybe_indefinite(numbers, &[0x24], &inner));
        } else {
            out.extend(tlv(&[0x04], segment));
        }
    }
    out
}

/// One element, in DER and in some BER.
fn element(numbers: &mut Numbers, depth: usize) -> (Vec<u8>, Vec<u8>) {
    let count = match numbers.below(4) {
        0 => numbers.below(400),
        _ => numbers.below(12),
    };
    match numbers.below(if depth == 0 { 3 } else { 6 }) {
        0 => {
            let octets = numbers.octets(count);
            (tlv(&[0x02], &octets), tlv(&[0x02], &octets))
        }
        1 => {
            let octets = numbers.octets(count);
            let ber = segments(numbers, &octets, 3);
            (tlv(&[0x04], &octets), maybe_indefinite(numbers, &[0x24], &ber))
        }
        2 => {
            let octets = numbers.octets(count);
            (tlv(&[0x04], &octets), tlv(&[0x04], &octets))
        }
        _ => {
            let identifier: &[u8] = [&[0x30][..], &[0x31], &[0xa0], &[0xbf, 0x81, 0x05]][numbers.below(4)];
            let elements: Vec<_> = (0..numbers.below(5)).map(|_| element(numbers, depth - 1)).collect();
            let der: Vec<u8> = elements.iter().flat_map(|(der, _)| der.clone()).collect();
            let ber: Vec<u8> = elements.iter().flat_map(|(_, ber)| ber.clone()).collect();
            (tlv(identifier, &der), maybe_indefinite(numbers, identifier, &ber))
        }
    }
}

#[test]
fn any_ber_becomes_its_der() {
    let mut numbers = Numbers(1);
    let mut changed = 0;
    for round in 0..20_000 {
        let (der, ber) = element(&mut numbers, 8);
        let normalized = normalize(&ber).expect("well-formed");
        assert!(*normalized == der, "round {round}");
        changed += usize::from(ber != der);
        assert_eq!(normalize(&der).as_deref(), Ok(der.as_slice()), "round {round}");
    }
    assert!(changed > 5_000, "{changed}");
}

#[test]
fn octets_at_random_are_survived() {
    let mut numbers = Numbers(2);
    for _ in 0..200_000 {
        let count = 1 + numbers.below(24);
        // Mostly octets that mean something here.
        let input: Vec<u8> = (0..count)
            .map(|_| [0x30, 0x80, 0x24, 0x04, 0x00, 0x01, 0x02, 0x81, 0x84, 0xff, 0x1f, 0xbf][numbers.below(12)])
            .collect();
        if let Ok(normalized) = normalize(&input) {
            assert!(normalized.len() <= input.len() + 16);
            assert!(normalize(&normalized).is_ok_and(|again| *again == *normalized));
        }
    }
}
