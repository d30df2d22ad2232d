# Compiler settings and the two functions that make a folder a library.
option(PLENUM_TESTS "Build unit and integration tests" ON)
option(PLENUM_BENCH "Build the benchmarks" OFF)
option(PLENUM_FUZZ "Build the libFuzzer targets (clang)" OFF)
option(PLENUM_PCH "Precompile headers; the release build goes without, so that no missing include hides" OFF)
set(PLENUM_SANITIZE "" CACHE STRING "address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(plenum_options INTERFACE)
target_compile_options(plenum_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(NOT PLENUM_FUZZ) # built by another compiler, with warnings of its own
  target_compile_options(plenum_options INTERFACE -Werror)
endif()
# GCC 12 mistakes Asio's coroutine frames (allocated and freed by the promise's own operators) for
# mismatched pairs once it inlines them, and `"[" + string` for an overlapping copy (GCC bug 105651).
target_compile_options(plenum_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete -Wno-restrict>)
if(PLENUM_PCH) # without it ccache passes such sources by
  target_compile_options(plenum_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
target_include_directories(plenum_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
# spdlog's and Asio's header-only forms are not used; Boost needs its deprecations silenced.
target_compile_definitions(plenum_options INTERFACE BOOST_ASIO_NO_DEPRECATED)
if(PLENUM_SANITIZE)
  add_compile_options(-fsanitize=${PLENUM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${PLENUM_SANITIZE})
endif()
if(PLENUM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
endif()

if(PLENUM_TESTS)
  enable_testing()
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# plenum_pch(name libraries... HEADERS headers...): the headers, precompiled once for all targets that
# link the same libraries and say plenum_use_pch(target name).
function(plenum_pch name)
  if(NOT PLENUM_PCH)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  file(WRITE ${CMAKE_BINARY_DIR}/pch/${name}.cc "")
  add_library(plenum_pch_${name} OBJECT ${CMAKE_BINARY_DIR}/pch/${name}.cc)
  target_link_libraries(plenum_pch_${name} PRIVATE plenum_options ${arg_UNPARSED_ARGUMENTS})
  target_precompile_headers(plenum_pch_${name} PRIVATE ${arg_HEADERS})
endfunction()
function(plenum_use_pch target name)
  if(TARGET plenum_pch_${name})
    target_precompile_headers(${target} REUSE_FROM plenum_pch_${name})
  endif()
endfunction()

# plenum_library(folder deps... [PCH name]): static library plenum_<folder> from src/<folder>/*.cc but
# main.cc, and plenum_<folder>_test from src/<folder>/*_test.cc beside it. Precompiled headers are those of
# `name` and `name`_test.
function(plenum_library folder)
  cmake_parse_arguments(arg "" "PCH" "" ${ARGN})
  if(NOT arg_PCH)
    set(arg_PCH core)
  endif()
  string(REPLACE "/" "_" name ${folder})
  set(target plenum_${name})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC plenum_options ${arg_UNPARSED_ARGUMENTS})
    plenum_use_pch(${target} ${arg_PCH})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE plenum_options ${arg_UNPARSED_ARGUMENTS})
  endif()
  if(PLENUM_TESTS AND tests)
    add_executable(${target}_test ${tests})
    target_link_libraries(${target}_test PRIVATE ${target} GTest::gmock GTest::gtest_main)
    target_include_directories(${target}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    plenum_use_pch(${target}_test ${arg_PCH}_test)
    # GCC 12 takes an insert into a vector of known size for an access behind its end (bug 107852).
    target_compile_options(${target}_test PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overread>)
    # What needs a server runs in a step of its own (`./dev test`, "store on PostgreSQL").
    gtest_discover_tests(${target}_test TEST_FILTER "-PostgreSQL/*" DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# plenum_protobuf(target folder): the generated code of <folder>/*.proto, without our warnings.
# Sources include it as "<folder>/x.pb.h".
function(plenum_protobuf target folder)
  file(GLOB protos CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.proto)
  set(generated ${CMAKE_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${generated})
  add_library(${target} STATIC ${protos})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  target_compile_features(${target} PUBLIC cxx_std_20)
  protobuf_generate(TARGET ${target} LANGUAGE cpp IMPORT_DIRS ${CMAKE_SOURCE_DIR} PROTOC_OUT_DIR ${generated})
  target_include_directories(${target} SYSTEM PUBLIC ${generated})
endfunction()
