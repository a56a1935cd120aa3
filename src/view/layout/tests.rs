//! How columns share a narrow terminal.

use proptest::prelude::*;

use super::*;

fn lane(heading: &'static str, kind: Kind, rank: Visibility, cells: &[&str]) -> ColumnLayout {
    let heading = Heading {
        text: heading,
        kind,
        rank,
        priority: 0,
        width: 0,
        index: 0,
    };
    let cells = cells.iter().map(|cell| Some((*cell).to_owned()));
    ColumnLayout::new(&heading, cells.collect(), heading.text.width(), true)
}

fn fitted(mut lanes: Vec<ColumnLayout>, width: usize) -> Vec<(&'static str, usize)> {
    fit(&mut lanes, width);
    lanes
        .iter()
        .map(|lane| (lane.heading, lane.width))
        .collect()
}

#[test]
fn cuts_names_in_the_middle_and_sentences_at_the_end() {
    for (text, kind, cut_text) in [
        ("gpu-worker-1", Kind::Text, "gpu-worker-1"),
        ("gpu-worker-001", Kind::Text, "gpu-wo…er-001"),
        ("a drained node", Kind::Text, "a drained no…"),
        ("pending_approval", Kind::State, "pending_appr…"),
        ("東京-canary-worker", Kind::Text, "東京-c…worker"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", Kind::Text, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦…👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"),
    ] {
        assert_eq!(cut(text, 13, kind, "…"), cut_text);
    }
    assert_eq!(
        cut("gpu-worker-001", 13, Kind::Text, "..."),
        "gpu-w...r-001"
    );
}

#[test]
fn cuts_headers_before_values() {
    let lanes = || {
        vec![
            lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
            lane(
                "NAME",
                Kind::Text,
                Visibility::Documented,
                &["gpu-worker-1-east"],
            ),
            lane(
                "LAST_HEARTBEAT",
                Kind::Text,
                Visibility::Documented,
                &["8s ago"],
            ),
        ]
    };
    assert_eq!(
        fitted(lanes(), 35),
        [("ID", 5), ("NAME", 17), ("LAST_HEARTBEAT", 9)]
    );
    assert_eq!(
        fitted(lanes(), 30),
        [("ID", 5), ("NAME", 15), ("LAST_HEARTBEAT", 6)]
    );
}

#[test]
fn shrinks_text_before_it_hides_columns_and_extras_before_documented_ones() {
    let lanes = || {
        vec![
            lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
            lane(
                "NAME",
                Kind::Text,
                Visibility::Documented,
                &[&"n".repeat(300)],
            ),
            lane("ROLE", Kind::Text, Visibility::Extra, &["execution"]),
            lane("CREATED", Kind::Text, Visibility::Extra, &["5m ago"]),
        ]
    };
    assert_eq!(
        fitted(lanes(), 60),
        [("ID", 5), ("NAME", 34), ("ROLE", 9), ("CREATED", 6)]
    );
    assert_eq!(fitted(lanes(), 31), [("ID", 5), ("NAME", 13), ("ROLE", 9)]);
    assert_eq!(fitted(lanes(), 20), [("ID", 5), ("NAME", 13)]);
    assert_eq!(fitted(lanes(), 15), [("ID", 5), ("NAME", 8)]);
    assert_eq!(fitted(lanes(), 10), [("ID", 5)]);
}

#[test]
fn cuts_long_ids_rather_than_hide_the_status() {
    let lanes = || {
        let id = "7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08";
        vec![
            lane("ID", Kind::Id, Visibility::Documented, &[id]),
            lane("Invocation", Kind::Reference, Visibility::Documented, &[id]),
            lane(
                "Status",
                Kind::State,
                Visibility::Documented,
                &["completed"],
            ),
            lane("Created", Kind::Text, Visibility::Documented, &["5m ago"]),
        ]
    };
    assert_eq!(fitted(lanes(), 40), [("ID", 29), ("Status", 9)]);
    assert_eq!(fitted(lanes(), 30), [("ID", 36)]);
}

#[test]
fn hides_the_extra_of_the_lowest_priority() {
    let mut lanes = vec![
        lane("ID", Kind::Id, Visibility::Documented, &["agt_1"]),
        lane("TIERS", Kind::State, Visibility::Extra, &["priority"]),
        lane("ROLE", Kind::State, Visibility::Extra, &["execution"]),
    ];
    lanes[2].priority = 1;
    assert_eq!(fitted(lanes, 16), [("ID", 5), ("ROLE", 9)]);
}

proptest! {
    #[test]
    fn one_long_cell_hides_no_column(
        long in 1..400_usize,
        column in 0..4_usize,
        row in 0..12_usize,
    ) {
        let names: Vec<Vec<String>> = ["agt_g0974f2pgyfa8vcq", "gpu-worker-1", "disconnected", "8s ago"]
            .iter()
            .enumerate()
            .map(|(index, usual)| {
                let cell = |at| if (index, at) == (column, row) { "x".repeat(long) } else { (*usual).to_owned() };
                (0..12).map(cell).collect()
            })
            .collect();
        let cells = |index: usize| names[index].iter().map(String::as_str).collect::<Vec<_>>();
        let lanes = vec![
            lane("ID", Kind::Id, Visibility::Documented, &cells(0)),
            lane("NAME", Kind::Text, Visibility::Documented, &cells(1)),
            lane("STATUS", Kind::State, Visibility::Documented, &cells(2)),
            lane("LAST_HEARTBEAT", Kind::Text, Visibility::Documented, &cells(3)),
        ];
        let found = fitted(lanes, 60);
        prop_assert_eq!(found.len(), 4);
        let sum: usize = found.iter().map(|(_, width)| width + GAP).sum();
        prop_assert!(sum - GAP <= 60, "{:?}", found);
    }

    #[test]
    fn wrapped_text_keeps_its_words(text in "[a-zé東 ]{0,120}", width in 24..60_usize) {
        let lines = wrap(&text, width);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&lines.join(" ")), words(&text));
        for line in lines {
            prop_assert!(line.width() <= width || !line.trim().contains(' '), "{:?}", line);
        }
    }

    #[test]
    fn cut_text_is_never_too_wide(text in "\\PC{0,40}", width in 1..30_usize) {
        for kind in [Kind::Text, Kind::State] {
            let shown = cut(&text, width, kind, "…");
            prop_assert!(shown.width() <= width, "{:?} {}", shown, width);
        }
    }
}
