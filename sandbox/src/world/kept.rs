//! Things that are looked up by their value: codes, tokens, grants. A lookup costs the same however many there are, and when
//! there are too many the oldest are forgotten.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is kept under its own value.
pub(crate) trait Valued {
    /// How many are remembered.
    const LIMIT: usize;

    fn value(&self) -> &str;
}

/// The things, oldest first. As JSON it is an array.
#[derive(Clone)]
pub(crate) struct Kept<T> {
    by_value: HashMap<String, T>,
    /// Values in the order in which they came; some of them may be gone.
    order: VecDeque<String>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            by_value: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T: Valued> Kept<T> {
    pub(crate) fn push(&mut self, item: T) {
        let value = item.value().to_owned();
        if self.by_value.insert(value.clone(), item).is_none() {
            self.order.push_back(value);
        }
        while self.by_value.len() > T::LIMIT {
            let Some(oldest) = self.order.pop_front() else { break };
            self.by_value.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, value: &str) -> Option<&T> {
        self.by_value.get(value)
    }

    pub(crate) fn get_mut(&mut self, value: &str) -> Option<&mut T> {
        self.by_value.get_mut(value)
    }

    /// In the order in which they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.order.iter().filter_map(|value| self.by_value.get(value))
    }

    /// In no order.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_value.values_mut()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.by_value.retain(|_, item| keep(item));
        let by_value = &self.by_value;
        self.order.retain(|value| by_value.contains_key(value));
    }
}

impl<T: Valued + Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Valued + Deserialize<'de>> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut kept = Self::default();
        for item in Vec::<T>::deserialize(deserializer)? {
            kept.push(item);
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Thing(String);

    impl Valued for Thing {
        const LIMIT: usize = 3;

        fn value(&self) -> &str {
            &self.0
        }
    }

    #[test]
    fn the_oldest_are_forgotten_and_the_order_is_kept_through_json() {
        let mut kept = Kept::default();
        for name in ["a", "b", "c", "d", "d"] {
            kept.push(Thing(name.to_owned()));
        }
        assert_eq!(kept.get("a"), None);
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(json, r#"["b","c","d"]"#);
        let mut again: Kept<Thing> = serde_json::from_str(&json).unwrap();
        again.retain(|thing| thing.0 != "c");
        assert_eq!(serde_json::to_string(&again).unwrap(), r#"["b","d"]"#);
    }
}
