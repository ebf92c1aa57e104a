// The AAR: the sources of the package beside it, what Android adds to them, and the native libraries that scripts/build-aar.sh puts into
// src/main/jniLibs. Not run on the machine this was written on, which has no Android SDK.
plugins {
    id("com.android.library") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.4.20"
    id("maven-publish")
}

group = "dev.shutterkey"
version = "0.1.0"

android {
    namespace = "dev.shutterkey"
    compileSdk = 36
    defaultConfig {
        // java.nio.file, which the file store writes with.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets["main"].kotlin.srcDirs("../src/main/kotlin", "../src/main/api", "src/main/kotlin")
    // Generated code asks at run time whether java.lang.ref.Cleaner (API 33) is there.
    lint { disable += "NewApi" }
    publishing { singleVariant("release") { withSourcesJar() } }
}

kotlin { jvmToolchain(17) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("androidx.browser:browser:1.9.0")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "shutterkey-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
