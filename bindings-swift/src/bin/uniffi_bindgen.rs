//! Writes the Swift and Kotlin sources that call this library.

fn main() {
    uniffi::uniffi_bindgen_main();
}
